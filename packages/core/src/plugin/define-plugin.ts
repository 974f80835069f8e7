import { FuseInitError } from '../errors/fuse-init-error.js';
import { inWords } from '../errors/in-words.js';
import type { LayerPairPlugin } from './layer-pair-plugin.js';
import type { LayerPlugin } from './layer-plugin.js';

/**
 * Checks and returns a layer plugin; its type is what it gives.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it names no class, or lacks a role or a function.
 */
export function defineLayer<P extends LayerPlugin>(plugin: P): P {
  const { specVersion, classNames, roles, ...functions } = membersOf('layer plugin', 'defineLayer', plugin);
  const label = `The layer plugin of ${inWords(classNames)}`;
  requireSpecVersion(label, specVersion);
  if (!isNames(classNames) || classNames.length === 0) {
    throw invalid(`A layer plugin has classNames ${inWords(classNames)}: a list of classes was expected.`);
  }
  const places = typeof roles === 'object' && roles !== null ? (roles as Record<string, unknown>) : undefined;
  if (!places) throw invalid(`${label} has roles ${inWords(roles)}: { begins, inside, ends } was expected.`);
  for (const role of ['begins', 'inside', 'ends']) {
    if (typeof places[role] === 'boolean') continue;
    throw invalid(`${label} has roles.${role} ${inWords(places[role])}: true or false was expected.`);
  }
  requireFunctions(label, functions, ['lower', 'outputShape']);
  for (const name of ['apply', 'affine'])
    if (functions[name] !== undefined) requireFunctions(label, functions, [name]);
  return plugin;
}

/**
 * Checks and returns a layer-pair plugin; its type is what it gives.
 *
 * @throws SPEC_VERSION_UNSUPPORTED when it was written for another version of the contract.
 * @throws ARGUMENT_INVALID when it has no name, doesn't name two classes, or lacks its function.
 */
export function defineLayerPair<P extends LayerPairPlugin>(plugin: P): P {
  const { specVersion, name, layers, ...functions } = membersOf(
    'layer-pair plugin',
    'defineLayerPair',
    plugin,
  );
  const label = `The layer-pair plugin ${inWords(name)}`;
  requireSpecVersion(label, specVersion);
  if (typeof name !== 'string' || name === '') {
    throw invalid(`A layer-pair plugin has name ${inWords(name)}: the name of its package was expected.`);
  }
  if (!isNames(layers) || layers.length !== 2) {
    throw invalid(`${label} has layers ${inWords(layers)}: two classes were expected.`);
  }
  requireFunctions(label, functions, ['fuse']);
  return plugin;
}

/** What a plugin holds, own or inherited, with nothing taken for granted. */
function membersOf(kind: string, maker: string, plugin: unknown): Record<string, unknown> {
  if (typeof plugin === 'object' && plugin !== null && !Array.isArray(plugin)) {
    const given = plugin as Record<string, unknown>;
    const { specVersion, classNames, roles, name, layers } = given;
    const { lower, outputShape, apply, affine, fuse } = given;
    if ([specVersion, classNames, name, layers].some((member) => member !== undefined)) {
      return { specVersion, classNames, roles, name, layers, lower, outputShape, apply, affine, fuse };
    }
  }
  throw invalid(`${inWords(plugin)} came where a ${kind} was expected: what ${maker} takes and returns.`);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function requireFunctions(label: string, members: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    if (typeof members[name] === 'function') continue;
    throw invalid(`${label} has ${name} ${inWords(members[name])}: a function was expected.`);
  }
}

function requireSpecVersion(label: string, version: unknown): void {
  if (version === 1) return;
  throw new FuseInitError(
    'SPEC_VERSION_UNSUPPORTED',
    `${label} has specVersion ${inWords(version)}: this @fuseinit/core speaks 1. Install versions that match.`,
  );
}

function invalid(message: string): FuseInitError {
  return new FuseInitError('ARGUMENT_INVALID', message);
}
