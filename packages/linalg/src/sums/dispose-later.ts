import type { Workspace } from './workspace.js';

/** Gives memory back once the work that was begun is done with it. */
export function disposeLater({ exclusively }: Workspace, free: () => void): void {
  // After a close there is nothing left to give back.
  exclusively(async () => free()).catch(() => {});
}
