// The program: one executable that is both the server (`slipway serve`) and its command-line client.
#include "cli/commands.h"

int main(int argc, char** argv) { return slipway::cli::run(argc, argv); }
