import { setImmediate } from 'node:timers/promises';
import { layerSettings } from '@fuseinit/registry/testing';
import { repairKernels } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';
import { checkDrawn, type DrawnResult } from './check-drawn.js';

const usage = `Draws models of every layer class, simplifies them to both formats, and compares predictions on the cpu backend.

  npm run drawn -- [COUNT] [FIRST_SEED]

COUNT models (default 1000), of seeds from FIRST_SEED (default 0) on. Those that fail are printed with their seeds.
Exit code 0: none failed. 1: some did. 2: the call can't be taken. 130: stopped by Ctrl-C, after the sums were printed.`;

async function main([countText = '1000', firstText = '0', ...more]: readonly string[]): Promise<number> {
  const [count, first] = [Number(countText), Number(firstText)];
  const isTaken = Number.isInteger(count) && count > 0 && Number.isInteger(first) && first >= 0;
  if (!isTaken || more.length > 0) {
    console.error(usage);
    return countText === '--help' || countText === '-h' ? 0 : 2;
  }
  let stopped = false;
  process.once('SIGINT', () => {
    stopped = true;
  });
  tf.enableProdMode();
  await tf.setBackend('cpu');
  repairKernels(tf);
  const results: DrawnResult[] = [];
  let failures = 0;
  for (let seed = first; seed < first + count && !stopped; seed++) {
    // Dispose of all that one seed made: models share weights, and are many.
    tf.engine().startScope();
    try {
      const result = await checkDrawn(tf, seed);
      results.push(result);
      for (const format of ['layers', 'graph'] as const) {
        const fared = result[format];
        if (fared.as === 'failed') {
          failures++;
          console.log(`seed ${seed}, ${format}: ${fared.reason}`);
        }
      }
    } catch (error) {
      failures++;
      console.log(`seed ${seed}: ${(error as Error).stack}`);
    } finally {
      tf.engine().endScope();
      tf.disposeVariables();
    }
    if ((seed - first + 1) % 100 === 0) console.error(`${seed - first + 1} of ${count}`);
    // This yields to the event loop, so that Ctrl-C takes effect.
    await setImmediate();
  }
  print(results);
  if (stopped) return 130;
  return failures > 0 ? 1 : 0;
}

function print(results: readonly DrawnResult[]): void {
  const classes = new Set(results.flatMap(({ classNames }) => classNames));
  const missing = [...new Set(layerSettings.map(({ className }) => className))].filter(
    (name) => !classes.has(name),
  );
  if (missing.length > 0 && results.length >= 100) console.log(`Not in any of them: ${missing.join(', ')}.`);
  console.log(
    `${results.length} models of ${classes.size} layer classes; ${results.filter(({ isSimpler }) => isSimpler).length} became simpler.`,
  );
  for (const format of ['layers', 'graph'] as const) {
    const count = (as: string) => results.filter((result) => result[format].as === as).length;
    const name = format === 'layers' ? 'LayersModel' : 'GraphModel';
    console.log(
      `${name}: ${count('equal')} equal, ${count('refused')} refused by name, ${count('failed')} failed`,
    );
    const reasons = new Map<string, number>();
    for (const { [format]: fared } of results) {
      if (fared.as !== 'refused') continue;
      // Reasons that differ only in the names of layers and models are grouped.
      const kind = fared.reason.replace(/"[^"]*"/g, '"…"');
      reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
    }
    for (const [reason, times] of [...reasons].sort(([, a], [, b]) => b - a))
      console.log(`  ${times} x ${reason}`);
  }
}

process.exitCode = await main(process.argv.slice(2));
