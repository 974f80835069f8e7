import { parseArgs } from 'node:util';
import { backendNames, isBackendName } from './backend-name.js';
import { openBackend } from './open-backend.js';
import { type LayerSweep, sweepFaults } from './sweep/layer-sweep.js';

const usage = `Runs every layer class of tfjs-layers in every setting on backends, against float64, as a layer
and as a GraphModel, and prints what is wrong.

  npm run layer-sweep -- [${backendNames.join('] [')}] [--few]

Without names wasm and cpu, a minute together. Each backend is tried as TensorFlow.js has it, and once repairKernels(tf)
has repaired it. --few takes one setting in six, and all that a known mistake concerns: webgl without a GPU needs an hour
for all of them.
Exit code 0: all that is wrong in stock is known and repaired. 1: something isn't, or a backend isn't there.
2: the call can't be taken.`;

function print(name: string, { classes, faults, ...more }: LayerSweep): void {
  const sum = (key: 'settings' | 'wrong' | 'refused' | 'written') =>
    classes.reduce((total, result) => total + result[key], 0);
  const worst = Math.max(...classes.map(({ relativeError }) => relativeError));
  console.log(
    `${name}: ${classes.length} classes in ${sum('settings')} settings; ${sum('wrong')} wrong in stock, ${sum('refused')} refused by TensorFlow.js, ${more.unrepaired.length} wrong after the repair; worst error then ${worst.toExponential(0)}; ${sum('written')} can be written to a GraphModel, ${more.wrongGraphs.length} of them wrong`,
  );
  for (const { what, classNames, wrong } of faults)
    console.log(`  ${wrong} wrong: ${what} (${classNames.join(', ')})`);
  for (const fault of sweepFaults(more)) console.log(`  ${fault}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, few: { type: 'boolean' } },
  });
  const unknown = positionals.find((name) => !isBackendName(name));
  if (values.help || unknown !== undefined) {
    console.error(
      unknown === undefined ? usage : `${unknown}: one of ${backendNames.join(', ')} was expected.`,
    );
    return values.help ? 0 : 2;
  }
  const chosen = positionals.length > 0 ? positionals.filter(isBackendName) : (['wasm', 'cpu'] as const);
  let failed = false;
  for (const name of chosen) {
    try {
      const backend = await openBackend(name, { stock: true });
      try {
        const sweep = await backend.run('layers', values.few ? 'sample' : 'all');
        print(name, sweep);
        failed ||= sweepFaults(sweep).length > 0;
      } finally {
        await backend.close();
      }
    } catch (error) {
      failed = true;
      console.error(`${name}: ${(error as Error).message}`);
    }
  }
  return failed ? 1 : 0;
}

process.exitCode = await main();
