import { FuseInitError } from '@fuseinit/core';
import { parseArguments, usage } from './arguments.js';
import { check } from './check.js';
import { provide } from './provide.js';

async function main(): Promise<number> {
  const parsed = parseArguments(process.argv.slice(2), process.env);
  if ('refusal' in parsed) {
    console.error(`${parsed.refusal}\n\n${usage}`);
    return 2;
  }
  if (parsed.help) {
    console.log(usage);
    return 0;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  const log = (line: string) => console.log(line);
  try {
    if (parsed.check) return (await check(parsed, log, stopping.signal)) ? 0 : 1;
    await provide({ asked: parsed, log, signal: stopping.signal });
    return 0;
  } catch (error) {
    if (!FuseInitError.isInstance(error)) throw error;
    if (error.code === 'ABORTED') {
      console.error('Stopped. What was finished is kept; run this again to go on.');
      return 130;
    }
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
