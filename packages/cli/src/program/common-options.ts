import { type BackendName, backendNames } from '@fuseinit/node-backends';
import { type Command, Option } from 'commander';
import { number, wholeNumber } from './option-values.js';

export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

export interface BackendOptions extends CommonOptions {
  readonly backend?: BackendName;
  /** The modules with plugins. */
  readonly plugin?: readonly string[];
}

/** Adds the options for a command's output. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON document on stdout, of a failure too')
    .option('--quiet', 'no progress, no warnings, not what was read')
    .option('--debug', 'the stack of an error');
}

/** Adds the output options, the choice of a backend and that of plugins. */
export function addBackendOptions(command: Command): Command {
  return addPluginOption(
    addCommonOptions(command).addOption(
      new Option(
        '--backend <name>',
        'what computes (default: node-gpu where it is built, else wasm)',
      ).choices(backendNames),
    ),
  );
}

/** Adds the option for modules with plugins, which may be given several times. */
export function addPluginOption(command: Command): Command {
  return command.option(
    '--plugin <module>',
    'layers, or pairs of layers, of your own: a file or a package; may be given again',
    (module: string, others: readonly string[] = []) => [...others, module],
  );
}

export interface SizeOptions {
  readonly limit?: number;
  readonly batchSize?: number;
  readonly seed?: number;
}

/**
 * Makes the option for the share of samples that are held out to measure errors.
 *
 * @param least The smallest allowed share.
 */
export function heldOutOption(least = 0): Option {
  return new Option(
    '--held-out <share>',
    'of samples to measure on (default: 500 samples, from 0.1 to 1/3 of all)',
  ).argParser(number(least, 0.5));
}

/** Adds the options for the number of samples and the batch size. */
export function addSizeOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'reads N samples, drawn from all of the data by --seed', wholeNumber(1))
    .option('--batch-size <n>', 'samples at a time', wholeNumber(1))
    .option('--seed <n>', 'of all that is drawn: samples, and their order (default: 0)', wholeNumber(0));
}
