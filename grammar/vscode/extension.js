// Starts `intentc lsp` and lets VS Code's own client speak with it.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate() {
  const [command, ...args] = workspace.getConfiguration("intentc").get("command", ["intentc", "lsp"]);
  const server = { command, args };
  client = new LanguageClient("intentc", "intentc", server, {
    documentSelector: [{ scheme: "file", language: "intent" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{intent,yaml,yml,toml}") },
  });
  return client.start();
}

function deactivate() {
  return client ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
