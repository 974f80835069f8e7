import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeHeaders } from './node-headers.js';
import { eachInFolder } from './testing-support/folder.test-support.js';

const folder = eachInFolder();

test('headers are taken of this major version alone', () => {
  const major = Number(process.versions.node.split('.')[0]);
  const [other, same] = [major - 1, major].map((version) => {
    const prefix = `node-${version}`;
    folder.put(`${prefix}/include/node/node.h`, `${prefix}/include/node/node_version.h`);
    writeFileSync(
      join(folder.path, prefix, 'include/node/node_version.h'),
      `#define NODE_MAJOR_VERSION ${version}\n`,
    );
    return join(folder.path, prefix);
  });
  expect(nodeHeaders([undefined, other, same])).toBe(same);
  expect(nodeHeaders([other, folder.path])).toBeUndefined();
});
