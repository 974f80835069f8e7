import { mergeStatistics } from '@fuseinit/tfjs';
import { missingSamples } from '@fuseinit/tfjs/internal';
import type { Command } from 'commander';
import { readStatistics, writeStatistics } from '../../data/statistics-file.js';
import { requireOutputFile } from '../../output/output-file.js';
import { addCommonOptions, type CommonOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand, type Session } from '../../program/run-command.js';
import { statisticsText, statisticsTold } from './statistics-text.js';

interface MergeOptions extends CommonOptions {
  readonly output: string;
  readonly force?: boolean;
}

export function defineMerge(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('merge')
    .description('Puts together what collect gathered in parts.')
    .argument('<files...>', 'one for each part, in any order')
    .requiredOption('-o, --output <file>', 'of the whole')
    .option('--force', 'writes over a file that is there');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit merge 0.stats 1.stats 2.stats 3.stats -o all.stats`,
    )
    .action(async (files: string[], options: MergeOptions) => {
      ended(await runCommand(options, (session) => mergeFiles(files, options, session)));
    });
}

async function mergeFiles(
  files: readonly string[],
  { output, force }: MergeOptions,
  { signal, warn }: Session,
): Promise<Outcome> {
  await requireOutputFile(output, force === true, files);
  const parts = [];
  for (const file of files) {
    parts.push(await readStatistics(file));
    signal.throwIfAborted();
  }
  const merged = mergeStatistics(parts, files);
  const warnings = missingSamples(merged);
  for (const warning of warnings) warn(warning);
  await writeStatistics(output, merged);
  return { text: statisticsText(merged, output), data: { output, ...statisticsTold(merged), warnings } };
}
