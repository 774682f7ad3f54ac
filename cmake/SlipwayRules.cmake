# The table of input rules: written by scripts/generate_rules.py from api-specs/ecs/rules.json and added to a module.
function(slipway_generated_rules module)
  set(specs ${CMAKE_SOURCE_DIR}/api-specs)
  set(table ${CMAKE_BINARY_DIR}/generated/rules_table.cpp)
  set(generator ${CMAKE_SOURCE_DIR}/scripts/generate_rules.py)
  file(GLOB model CONFIGURE_DEPENDS ${specs}/ecs/*/service-2.json)
  add_custom_command(OUTPUT ${table}
    COMMAND ${Python3_EXECUTABLE} ${generator} --specs ${specs} --out ${table} COMMAND ${CMAKE_COMMAND} -E touch ${table}
    DEPENDS ${generator} ${specs}/ecs/rules.json ${specs}/operations.txt ${model} COMMENT "Generating the table of input rules")
  target_sources(slipway_${module} PRIVATE ${table})
endfunction()
