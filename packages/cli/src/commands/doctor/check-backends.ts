import { backendNames, startBackend } from '@fuseinit/node-backends';
import type { Finding } from './finding.js';

/**
 * Starts each backend there may be, the native one first: it brings the same TensorFlow.js that the others
 * run on.
 */
export async function checkBackends(): Promise<Finding[]> {
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
