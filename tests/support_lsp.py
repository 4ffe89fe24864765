"""A client of the language server: JSON-RPC over its standard input and output, as an editor speaks it."""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds


class Editor:
    """An editor with one server. Notifications are kept until somebody asks for them."""

    def __init__(self, root):
        self.root = Path(root)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "intentc", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._numbers = itertools.count(1)
        self._messages = queue.Queue()
        self._waiting = []
        self._versions = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.capabilities = self.ask(
            "initialize", {"processId": None, "rootUri": self.root.as_uri(), "capabilities": {}}
        )["capabilities"]
        self.tell("initialized", {})

    def _listen(self):
        stream = self._server.stdout
        while True:
            length = 0
            while (line := stream.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            self._messages.put(json.loads(stream.read(length)))

    def _send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self._server.stdin.flush()

    def _next(self, fits):
        for message in self._waiting:
            if fits(message):
                self._waiting.remove(message)
                return message
        while True:
            message = self._messages.get(timeout=PATIENCE)
            if fits(message):
                return message
            self._waiting.append(message)

    def tell(self, method, params):
        self._send({"method": method, "params": params})

    def ask(self, method, params):
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = self._next(lambda message: message.get("id") == number and "method" not in message)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def uri(self, path):
        return (self.root / path).as_uri()

    def open(self, path, text):
        self._versions[path] = 1
        item = {"uri": self.uri(path), "languageId": "intent", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def change(self, path, text):
        self._versions[path] += 1
        item = {"uri": self.uri(path), "version": self._versions[path]}
        self.tell("textDocument/didChange", {"textDocument": item, "contentChanges": [{"text": text}]})

    def edit(self, path, start, end, text):
        """Replace what stands between two points (line and unit, from 0), as editors tell what was typed."""
        self._versions[path] += 1
        item = {"uri": self.uri(path), "version": self._versions[path]}
        points = ({"line": line, "character": unit} for line, unit in (start, end))
        change = {"range": dict(zip(("start", "end"), points, strict=True)), "text": text}
        self.tell("textDocument/didChange", {"textDocument": item, "contentChanges": [change]})

    def diagnostics(self, path):
        """Return the next diagnostics that are published for a file."""
        uri = self.uri(path)
        wanted = "textDocument/publishDiagnostics"
        message = self._next(lambda one: one.get("method") == wanted and one["params"]["uri"] == uri)
        return message["params"]["diagnostics"]

    def at(self, method, path, line, character, **more):
        where = {"textDocument": {"uri": self.uri(path)}, "position": {"line": line, "character": character}}
        return self.ask(f"textDocument/{method}", {**where, **more})

    def cpu_seconds(self):
        """Return what the server has computed so far (Linux: in steps of 10 ms)."""
        fields = Path(f"/proc/{self._server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self._server.wait(timeout=PATIENCE)

    def kill(self):
        self._server.kill()
        self._server.wait()
        self._listener.join()
        self._server.stdin.close()
        self._server.stdout.close()
