import { fileURLToPath } from 'node:url';
import { modelFiles } from '@fuseinit/model-files';
import type { io } from '@tensorflow/tfjs';

/** The network in a folder, or the one that the app keeps; docs/math.md, "The networks", says how that was made. */
export function readTeacher(folder?: string): Promise<io.ModelArtifacts> {
  return modelFiles(folder ?? fileURLToPath(new URL('../teacher', import.meta.url))).load();
}
