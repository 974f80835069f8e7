import { fileURLToPath } from 'node:url';
import { type ModelArtifacts, readModel } from './model-files.js';

/** The trained network that the app keeps; docs/math.md, "The networks", says how it was made. */
export function readTeacher(): Promise<ModelArtifacts> {
  return readModel(fileURLToPath(new URL('../teacher', import.meta.url)));
}
