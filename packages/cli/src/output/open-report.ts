import type { Command } from 'commander';
import type { Session } from '../program/run-command.js';

export interface OpenOptions {
  readonly open?: boolean;
}

export function addOpenOption(command: Command): Command {
  return command.option('--open', 'shows the report in a browser');
}

/** Shows a report in the user's browser, which stays open after the program has ended. */
export async function openReport(path: string, { warn }: Session): Promise<void> {
  const { default: open } = await import('open');
  try {
    await open(path);
  } catch (error) {
    warn(`No browser could be started: ${(error as Error).message} The report is ${path}.`);
  }
}
