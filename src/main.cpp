// The program: one executable that is both the server (`slipway serve`) and its command-line client.
#include "slipway/cli/run.h"

int main(int argc, char** argv) { return slipway::cli::run(argc, argv); }
