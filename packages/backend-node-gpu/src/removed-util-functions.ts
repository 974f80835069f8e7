import nodeUtil from 'node:util';

/** What tfjs-node 4.22.0 calls of `util`; Node deprecates both, and 23 removed the first. */
const called = {
  isArray: (value: unknown) => Array.isArray(value),
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
};

/** Gives `util` back what tfjs-node calls of it, where this Node has removed it; nothing else is touched. */
export function restoreUtilFunctions(util: object = nodeUtil): void {
  for (const [name, value] of Object.entries(called)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
