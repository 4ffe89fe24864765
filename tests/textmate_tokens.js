// Prints, as JSON, what VS Code's own engine makes of files: per file and line, [start, end, innermost scope] of every token.
// Arguments: the grammar, then files.
"use strict";

const fs = require("fs");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

async function main(path, files) {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const onigLib = Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  });
  const loadGrammar = async () => parseRawGrammar(fs.readFileSync(path, "utf8"), path);
  const grammar = await new Registry({ onigLib, loadGrammar }).loadGrammar("source.intent");
  const found = {};
  for (const file of files) {
    let state = INITIAL;
    found[file] = fs.readFileSync(file, "utf8").split(/\r\n|\n/).map((line) => {
      const result = grammar.tokenizeLine(line, state);
      state = result.ruleStack;
      return result.tokens.map((token) => [token.startIndex, token.endIndex, token.scopes[token.scopes.length - 1]]);
    });
  }
  console.log(JSON.stringify(found));
}

main(process.argv[2], process.argv.slice(3));
