#pragma once

#include <CLI/CLI.hpp>

#include "app/cli/context.h"

namespace mnemo::cli {

// Each adds its commands to @p app; a command that is typed leaves itself in context.chosen. Both outlive the parsing.

void addCatalogueCommands(CLI::App& app, Context& context);  ///< catalogue, markets
void addBackfillCommands(CLI::App& app, Context& context);   ///< backfill, incremental
void addCompareCommand(CLI::App& app, Context& context);    ///< compare
void addReadCommands(CLI::App& app, Context& context);       ///< series, candles, query
void addMetricCommands(CLI::App& app, Context& context);     ///< open-interest, funding, ...: one for each kind with columns
void addGapCommands(CLI::App& app, Context& context);        ///< gaps, repair
void addFileCommands(CLI::App& app, Context& context);       ///< import, export, rebuild
void addSystemCommands(CLI::App& app, Context& context);     ///< db, doctor
void addValidateCommand(CLI::App& app, Context& context);   ///< validate
void addHealthCommand(CLI::App& app, Context& context);     ///< health
void addFindingCommands(CLI::App& app, Context& context);   ///< findings
void addAlertCommands(CLI::App& app, Context& context);     ///< alerts
void addKnownCommands(CLI::App& app, Context& context);     ///< outages, notes
void addDagCommands(CLI::App& app, Context& context);        ///< dags
void addCompletionCommand(CLI::App& app, Context& context);  ///< completion: of all that app has when it runs

} // namespace mnemo::cli
