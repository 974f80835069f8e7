import { fileURLToPath } from 'node:url';
import { modelFiles } from '@fuseinit/model-files';
import type { io } from '@tensorflow/tfjs';

/** The folder of the demo's network; docs/math.md, "The networks", says how it was made. */
export const teacherFolder = fileURLToPath(new URL('../model', import.meta.url));

/** Reads the network in a folder. */
export function readTeacher(folder = teacherFolder): Promise<io.ModelArtifacts> {
  return modelFiles(folder).load();
}
