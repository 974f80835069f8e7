import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DemoArguments, demoArguments, usage } from './arguments.js';
import { createProgressBar } from './progress-bar.js';
import { runDemo } from './run-demo.js';
import { resultTable } from './table.js';

async function main(): Promise<number> {
  let asked: DemoArguments;
  try {
    asked = demoArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (asked.help) {
    console.log(usage);
    return 0;
  }
  const out = asked.out ?? fileURLToPath(new URL('../students', import.meta.url));
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort());
  const bar = createProgressBar();
  const start = performance.now();
  try {
    const result = await runDemo({ ...asked, out, signal: stopped.signal, onProgress: bar.show });
    bar.stop();
    if (asked.json) {
      console.log(JSON.stringify(result, null, 2));
      return 0;
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(resultTable(result));
    console.log(
      `No training: calibrated on ${result.calibrationImages} unlabelled FashionMNIST training images, held-out ones among them; accuracy on ${result.evaluationImages} test images.`,
    );
    console.log(`Latency: median for one image, ${result.backend} backend. ${seconds} s in all.`);
    console.log(`Students saved in ${relative(process.cwd(), out) || '.'}`);
    return 0;
  } catch (error) {
    bar.stop();
    console.error(stopped.signal.aborted ? 'Stopped.' : `The demo failed: ${(error as Error).message}`);
    return stopped.signal.aborted ? 130 : 1;
  }
}

process.exitCode = await main();
