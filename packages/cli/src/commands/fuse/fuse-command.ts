import { startBackend } from '@fuseinit/node-backends';
import { type FuseProgress, fuse } from '@fuseinit/tfjs';
import type { Command } from 'commander';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { readStatistics } from '../../data/statistics-file.js';
import { loadModel } from '../../model/load-model.js';
import { spansAsked } from '../../model/spans-asked.js';
import { openOutputFolder } from '../../output/output-folder.js';
import { saveStudent } from '../../output/save-student.js';
import type { ExitCode } from '../../program/exit-code.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { addFuseOptions, type FuseCommandOptions, solvingOptions } from './fuse-options.js';
import { fusionText } from './fusion-text.js';
import { reportFusion } from './report-fusion.js';

export function defineFuse(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('fuse')
    .description('Fuses layers of a model and saves the student with a report.')
    .argument('<model>', 'a folder with a model.json, or that file');
  addFuseOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit fuse teacher --data images.npz --plan plan.json -o student
  fuseinit fuse teacher --data images.npy --spans conv3:conv4@5 -o student
  fuseinit fuse teacher --data photos --labels photos --resize 96x96 \\
    --spans block/conv1:block/conv2,conv4:dense --samples auto -o student`,
    )
    .action(async (model: string, options: FuseCommandOptions) => {
      ended(await runCommand(options, (session) => fuseModel(model, options, session)));
    });
}

async function fuseModel(path: string, options: FuseCommandOptions, session: Session): Promise<Outcome> {
  const { signal, progress, warn } = session;
  const device = await startBackend(options.backend, warn);
  const { tf } = device;
  // What the student keeps of these stands in the report.
  const teacher = await loadModel(tf, path, () => {});
  const spans = await spansAsked(options, teacher);
  const statistics = options.statistics === undefined ? undefined : await readStatistics(options.statistics);
  const asked = {
    ...options,
    heldOut: options.heldOut ?? statistics?.heldOut,
    seed: options.seed ?? statistics?.seed,
  };
  const samples = await openSamples(teacher, options.data, asked, session);
  try {
    const labels = await readLabels(teacher, samples, options, session);
    const output = await openOutputFolder(options.output, options.force === true);
    try {
      const { share: heldOut, seed } = samples.heldOut;
      const solving = { ...solvingOptions(options), heldOut, seed, spans };
      const { batchSize } = options;
      const { student, report: fused } = await fuse(teacher, {
        tf,
        ...solving,
        ...(statistics && { statistics }),
        calibrationData: samples.calibrationData(signal),
        ...(batchSize !== undefined && { batchSize }),
        signal,
        onProgress: (step) => progress.show(`${step.stage} ${step.name}`, shareOf(step, samples.count)),
      });
      for (const warning of fused.warnings) warn(warning);
      await saveStudent(student, output);
      const report = options.report
        ? await reportFusion(
            { device, teacher, student, fused, samples, labels },
            { output, settings: solving, session },
          )
        : undefined;
      signal.throwIfAborted();
      await output.publish();
      const made = { student: options.output, fused, report };
      return {
        text: fusionText(made),
        data: { student: options.output, read: samples.read, backend: device.name, fused },
      };
    } finally {
      await output.discard();
    }
  } finally {
    await samples.close();
  }
}

function shareOf({ step, steps, samples }: FuseProgress, total: number): number {
  // The report takes the rest.
  return (0.8 * (step + samples / total)) / steps;
}
