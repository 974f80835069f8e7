import { createRequire } from 'node:module';

/** Of this package, and with it of all of FuseInit. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
