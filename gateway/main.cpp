// Arguments to command. `penstock serve --config FILE` and LiteLLM's `--config FILE` mean the same.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "gateway/commands/commands.hpp"

namespace {

/// LiteLLM's flags beside ours; those that mean nothing here are accepted and ignored.
void add_serve_options(CLI::App& command, commands::ServeOptions& options, bool& debug, bool& detailed_debug) {
  config::CommandLine& line = options.overrides;
  command.add_option("-c,--config", options.config_file, "configuration file (LiteLLM's config.yaml)")->envname("CONFIG_FILE_PATH");
  command.add_option("-m,--model", options.model, "serve one model without a configuration file");
  command.add_option("--api_base,--api-base", options.api_base, "where that model is");
  command.add_option("--host", line.host, "address to listen on");
  command.add_option("--port", line.port, "port to listen on; 0 takes a free one")->check(CLI::Range(0, 65535));
  command.add_option("--workers,--num_workers", line.workers, "threads; default: one a core")->check(CLI::Range(1, 1024));
  command.add_option("--data-dir", line.data_dir, "where keys are kept; default: ./penstock-data");
  command.add_option("--ssl_certfile_path", line.certificate_file, "TLS certificate chain, PEM");
  command.add_option("--ssl_keyfile_path", line.private_key_file, "TLS private key, PEM");
  command.add_option_function<std::string>(
             "--log-format", [&line](const std::string& format) { line.log_format = format == "json" ? config::LogFormat::json : config::LogFormat::text; },
             "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.add_flag("--debug", debug, "log more");
  command.add_flag("--detailed_debug", detailed_debug, "log everything");
  const std::string ignored = "accepted for LiteLLM's sake, without effect";
  for (const char* flag : {"--run_gunicorn", "--run_hypercorn", "--use_prisma_db_push", "--skip_server_startup"}) {
    command.add_flag(std::string(flag), ignored);
  }
  for (const char* option : {"--telemetry", "--max_requests_before_restart"}) {
    command.add_option_function<std::string>(option, [](const std::string&) {}, ignored);
  }
}

int run(int argc, char** argv) {
  CLI::App program("Penstock, an LLM gateway: one OpenAI-compatible endpoint in front of every provider.");
  program.set_version_flag("--version", "penstock " PENSTOCK_VERSION);

  commands::ServeOptions serve_options;
  bool debug = false;
  bool detailed_debug = false;
  CLI::App* serve = program.add_subcommand("serve", "serve (the default)");
  add_serve_options(*serve, serve_options, debug, detailed_debug);
  add_serve_options(program, serve_options, debug, detailed_debug);

  commands::CheckOptions check_options;
  CLI::App* check = program.add_subcommand("check", "say every problem of a configuration file");
  check->add_option("file", check_options.config_file, "configuration file")->required();
  check->add_flag("--json", check_options.json, "problems as JSON");
  check->add_flag("--strict", check_options.strict, "warnings count as errors");

  CLI11_PARSE(program, argc, argv);
  if (check->parsed()) return commands::check(check_options);

  if (debug) serve_options.overrides.log_level = "debug";
  if (detailed_debug) serve_options.overrides.log_level = "trace";
  if (serve_options.config_file.empty() && serve_options.model.empty()) {
    std::fprintf(stderr, "penstock: name a configuration file (--config FILE) or a model (--model NAME); --help tells more\n");
    return 1;
  }
  return commands::serve(serve_options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "penstock: %s\n", fault.what());
    return 1;
  }
}
