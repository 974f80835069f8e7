import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Device, startBackend } from '@fuseinit/node-backends';
import type { Plugin, TensorFlow } from '@fuseinit/tfjs';
import { resolve as resolvePackage } from 'import-meta-resolve';
import type { BackendOptions } from '../program/common-options.js';
import { CliError } from '../program/failure.js';
import type { Session } from '../program/run-command.js';

/** A backend that was started, and the plugins that a command was given. */
export interface PluggedDevice extends Device {
  readonly plugins: readonly Plugin[];
}

/**
 * Starts the backend of a command and loads its plugins.
 *
 * @throws BACKEND_UNAVAILABLE as `startBackend` does.
 * @throws CliError PLUGIN_INVALID for a module that can't be loaded or has neither a plugin nor `register`.
 */
export async function openDevice(
  { backend, plugin: modules = [] }: Pick<BackendOptions, 'backend' | 'plugin'>,
  warn: Session['warn'],
): Promise<PluggedDevice> {
  const device = await startBackend(backend, warn);
  const plugins: Plugin[] = [];
  for (const module of modules) plugins.push(...(await pluginsOf(module, device.tf)));
  return { ...device, plugins: [...new Set(plugins)] };
}

/**
 * Loads a module's plugins: whatever it exports that `defineLayer` or `defineLayerPair` returned, or a list
 * of those. Its function `register`, if it has one, is called with TensorFlow.js, so that it can register the
 * classes of custom layers before models with them are loaded.
 */
async function pluginsOf(module: string, tf: TensorFlow): Promise<Plugin[]> {
  const exported = await imported(module);
  const { register } = exported as { readonly register?: unknown };
  const plugins = Object.values(exported)
    .flatMap((value: unknown) => value)
    .filter(isPlugin);
  if (typeof register !== 'function' && plugins.length === 0) {
    throw new CliError(
      'PLUGIN_INVALID',
      `${module} exports ${Object.keys(exported).join(', ') || 'nothing'}: what defineLayer or defineLayerPair of @fuseinit/core returns, or a function register(tf), was expected.`,
    );
  }
  if (typeof register === 'function') await register(tf);
  return plugins;
}

function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && 'specVersion' in value;
}

async function imported(module: string): Promise<object> {
  try {
    return (await import(await urlOf(module))) as object;
  } catch (cause) {
    throw new CliError(
      'PLUGIN_INVALID',
      `The plugin ${module} can't be loaded: ${(cause as Error).message} Give the path of a JavaScript module, or the name of a package installed here.`,
      { cause },
    );
  }
}

/** Resolves a file of the working directory, or else a package as a module of that directory would. */
async function urlOf(module: string): Promise<string> {
  const path = resolve(module);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return pathToFileURL(path).href;
  return resolvePackage(module, pathToFileURL(join(process.cwd(), 'module.js')).href);
}
