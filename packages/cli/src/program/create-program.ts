import { Command } from 'commander';
import { defineBench } from '../commands/bench/bench-command.js';
import { defineCollect } from '../commands/collect/collect-command.js';
import { defineMerge } from '../commands/collect/merge-command.js';
import { defineCompare } from '../commands/compare/compare-command.js';
import { defineDoctor } from '../commands/doctor/doctor-command.js';
import { defineEval } from '../commands/eval/eval-command.js';
import { defineFuse } from '../commands/fuse/fuse-command.js';
import { defineInspect } from '../commands/inspect/inspect-command.js';
import { definePlan } from '../commands/plan/plan-command.js';
import { defineShrink } from '../commands/shrink/shrink-command.js';
import { defineSimplify } from '../commands/simplify/simplify-command.js';
import { defineTune } from '../commands/tune/tune-command.js';
import type { ExitCode } from './failure.js';
import { version } from './version.js';

/** @param ended Is called with the exit code of the command. */
export function createProgram(ended: (code: ExitCode) => void): Command {
  const program = new Command('fuseinit')
    .description(
      'Makes trained TensorFlow.js networks faster: simplified exactly, then neighbouring layers become one.',
    )
    .version(version)
    .helpOption('-h, --help', 'this text')
    .helpCommand('help [command]', 'that of a command')
    .showSuggestionAfterError()
    .exitOverride()
    // All failures are printed in one place, in one form.
    .configureOutput({ outputError() {} })
    .addHelpText(
      'after',
      `
Start with:
  fuseinit shrink teacher --data images.npz --max-latency 50% -o student

or, step by step:
  fuseinit simplify teacher -o simplified
  fuseinit inspect teacher
  fuseinit plan teacher --data images.npz --max-latency 50% -o plan.json
  fuseinit fuse teacher --data images.npz --plan plan.json -o student

Exit codes: 0 done, 1 failed, 2 usage error, 3 done, but the budget of shrink is missed,
130 interrupted.`,
    );
  const commands = [
    defineShrink,
    defineSimplify,
    defineInspect,
    definePlan,
    defineFuse,
    defineEval,
    defineTune,
    defineBench,
    defineCompare,
    defineCollect,
    defineMerge,
    defineDoctor,
  ];
  for (const define of commands) define(program, ended);
  return program;
}
