import { availableParallelism } from 'node:os';
import { createLinearAlgebra } from '@fuseinit/linalg';
import { backendNames, startBackend } from '@fuseinit/node-backends';
import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions } from '../../program/common-options.js';
import type { ExitCode } from '../../program/failure.js';
import { type Outcome, runCommand } from '../../program/run-command.js';
import { version } from '../../program/version.js';
import { printableLine } from '../../terminal/printable.js';

export function defineDoctor(program: Command, ended: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .description('What is here to compute on, and the command that mends what is missing.');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  fuseinit doctor
  fuseinit doctor --json`,
    )
    .action(async (options: CommonOptions) => {
      ended(await runCommand(options, examine));
    });
}

async function examine(): Promise<Outcome> {
  const findings: Finding[] = [
    { name: 'fuseinit', works: true, text: version },
    { name: 'node', works: true, text: `${process.version}, ${process.platform} ${process.arch}` },
    await checkLinearAlgebra(),
    ...(await checkBackends()),
  ];
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ name, works, text }) => `${works ? 'ok ' : '-  '} ${name.padEnd(width)}  ${printableLine(text)}`,
  );
  return { text: lines.join('\n'), data: { findings } };
}

/**
 * Starts each available backend. The native one is first, since it provides the TensorFlow.js that the others
 * run on.
 */
async function checkBackends(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of backendNames) {
    try {
      const { computesOn } = await startBackend(name, () => {});
      const isDefault = !findings.some(({ works }) => works);
      findings.push({ name, works: true, text: `${computesOn}${isDefault ? ' (taken by default)' : ''}` });
    } catch (error) {
      findings.push({ name, works: false, text: (error as Error).message });
    }
  }
  return findings;
}

/** Checks the implementation that computes covariances and solutions. */
async function checkLinearAlgebra(): Promise<Finding> {
  const linalg = await createLinearAlgebra();
  try {
    const { instructions, threads } = linalg;
    const words = {
      'relaxed-simd': 'WebAssembly SIMD with fused multiply-adds',
      simd: 'WebAssembly SIMD; a newer Node has fused multiply-adds',
      scalar: 'WebAssembly without SIMD; a newer Node is faster',
    };
    const told = `${words[instructions]}, ${threads} of ${availableParallelism()} cores`;
    return { name: 'linalg', works: true, text: told };
  } finally {
    await linalg.close();
  }
}

/** A result of one check. */
interface Finding {
  readonly name: string;
  readonly works: boolean;
  /** The result in words: what was found, or what is missing and how to fix it. */
  readonly text: string;
}
