import { parseArgs } from 'node:util';
import { type BackendName, backendNames } from '@fuseinit/node-backends';

export const usage = `Fuses layers of a trained FashionMNIST network, with no training, and compares the students with it.

  npm run demo -- [options]

  --all            three more students: conv2+pool+conv3, conv1+conv2+pool+conv3, conv4+flatten+dense (minutes)
  --teacher DIR    a LayersModel of the same layers (default: the one of the app)
  --samples N      calibration images, up to 4000 (default 2000)
  --backend NAME   wasm (default), cpu (slow), or node-gpu (needs npm run libtensorflow)
  --out FOLDER     where the students are saved (default apps/node-fuse/students)
  --json           one JSON object on stdout instead of the table
  -h, --help       this text`;

export interface DemoArguments {
  readonly all: boolean;
  readonly teacher: string | undefined;
  readonly samples: number;
  readonly backend: BackendName;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws Error with what came and what was expected. */
export function demoArguments(argv: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      all: { type: 'boolean', default: false },
      teacher: { type: 'string' },
      samples: { type: 'string', default: '2000' },
      backend: { type: 'string', default: 'wasm' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const samples = Number(values.samples);
  if (!Number.isInteger(samples) || samples < 20 || samples > 4000) {
    throw new Error(`--samples is ${values.samples}: a whole number from 20 to 4000 was expected.`);
  }
  const backend = backendNames.find((name) => name === values.backend);
  if (!backend) {
    throw new Error(`--backend is ${values.backend}: one of ${backendNames.join(', ')} was expected.`);
  }
  return { ...values, samples, backend, out: values.out, teacher: values.teacher };
}
