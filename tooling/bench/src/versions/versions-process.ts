import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import { type BackendName, startBackend } from '@fuseinit/node-backends';
import { answerOrder } from '../measuring/in-child.js';
import { collectGarbage } from '../measuring/measurements.js';
import { timeVersions, type Versions, type VersionsOrder, type VersionTimes } from './time-versions.js';

/** The versions to time in a process of its own. */
export interface VersionsProcessOrder extends VersionsOrder {
  readonly backend: BackendName;
  readonly folders: Versions<string>;
}

export interface VersionsAnswer extends VersionTimes {
  readonly computesOn: string;
}

answerOrder<VersionsProcessOrder, VersionsAnswer>(async ({ backend, folders, ...order }) => {
  const { tf, computesOn } = await startBackend(backend);
  const { simplified, graph } = folders;
  const artifacts = {
    given: await modelFiles(folders.given).load(),
    ...(simplified && { simplified: await modelFiles(simplified).load() }),
    ...(graph && { graph: await graphModelFiles(graph).load() }),
  };
  return { computesOn, ...(await timeVersions(tf, artifacts, order, { between: collectGarbage })) };
});
