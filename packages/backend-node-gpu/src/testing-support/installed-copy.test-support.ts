import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
const tfjsNodeGpu = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));

/**
 * A folder of its own, where this package is installed by copy: what it finds there is what the test put
 * there.
 */
export function installedCopy(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fuseinit-node-gpu-')));
  installOwn(folder, '@fuseinit/backend-node-gpu');
  return folder;
}

/** Copies a package of this workspace into the folder, and those that it depends on. */
function installOwn(folder: string, name: string): void {
  const to = join(folder, 'node_modules', name);
  if (existsSync(to)) return;
  const from = join(packages, name.replace('@fuseinit/', ''));
  for (const part of ['package.json', 'dist']) cpSync(join(from, part), join(to, part), { recursive: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies))
    if (dependency.startsWith('@fuseinit/')) installOwn(folder, dependency);
}

/** Copies the real tfjs-node-gpu into the folder, without any binding, and returns where it is. */
export function installTfjsNodeGpu(folder: string): string {
  const to = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
  for (const part of ['package.json', 'dist'])
    cpSync(join(tfjsNodeGpu, part), join(to, part), { recursive: true });
  return to;
}

/** Puts a file where a binding for a version of Node-API is looked for. */
export function putBinding(packageFolder: string, nodeApi: number, content: string | Uint8Array): void {
  const folder = join(packageFolder, 'lib', `napi-v${nodeApi}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tfjs_binding.node'), content);
}

/** What a module that runs in the folder, in a Node of its own, hands to `print`. */
export function printedIn(folder: string, module: string): unknown {
  const file = join(folder, 'main.mjs');
  writeFileSync(file, `const print = (value) => console.log(JSON.stringify(value));\n${module}`);
  // pnpm's commands set NODE_PATH, by which the folder would find what the workspace has installed.
  const { NODE_PATH: _, ...env } = process.env;
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8', env, stdio: [...stdio] }));
}
