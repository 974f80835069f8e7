import { FuseInitError } from '@fuseinit/core';
import type { NodeGpuStatus } from './node-gpu-status.js';

const name = '@tensorflow/tfjs-node-gpu';
const install = `npm install ${name}@4.22.0`;
const rebuild = `npm rebuild ${name}`;
const inRepository = `in FuseInit's own repository, npm run libtensorflow`;

/** Why there is no native backend, as far as files tell, and what mends it. */
export function unavailable(status: Exclude<NodeGpuStatus, { state: 'built' }>): FuseInitError {
  switch (status.state) {
    case 'not-installed':
      return refusal(`${name} is not installed. Install it: ${install}.`);
    case 'other-node-api':
      return refusal(
        `The binding of ${name} was built for Node-API ${status.builtFor.join(', ')}, and Node ${process.version} ` +
          `looks for ${status.nodeApi}. Build it anew with this Node: ${rebuild}; ${inRepository}.`,
      );
    default:
      return refusal(
        `${name} is installed, but its native binding is not built: nothing is at ${status.binding}. ` +
          `Build it: ${rebuild}; ${inRepository}.`,
      );
  }
}

/** Why a binding that is there can't be opened, as the system's loader tells, and what mends it. */
export function unopenable(binding: string, cause: unknown): FuseInitError {
  const message = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
  return refusal(
    `The native binding of ${name}, ${binding}, can't be opened: ${causeOf(message)} (${message}). ` +
      `Build it anew: ${rebuild}; ${inRepository}.`,
    cause,
  );
}

/** Why the package fails although its binding opens. */
export function unloadable(cause: unknown): FuseInitError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return refusal(
    `The native binding of ${name} opens, but the package doesn't load: ${message}. Install it anew: ${install}.`,
    cause,
  );
}

function causeOf(message: string): string {
  const library = /([^\s:/]+): cannot open shared object file|Library not loaded: (\S+)/.exec(message);
  if (library) return `the shared library ${library[1] ?? library[2]} is missing`;
  if (/specified module could not be found/.test(message)) return 'a shared library is missing';
  if (/NODE_MODULE_VERSION|different Node\.js version/.test(message))
    return `it was built for another Node than ${process.version}`;
  if (/ELF|file too short|mach-o|not a valid Win32/i.test(message))
    return `it is no library for ${process.platform} on ${process.arch}`;
  return 'the system refuses it';
}

function refusal(message: string, cause?: unknown): FuseInitError {
  return new FuseInitError('BACKEND_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
