import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeHeaders } from './node-headers.js';
import { eachInFolder } from './testing-support/folder.test-support.js';

const folder = eachInFolder();

test('the first folder that has headers is taken', () => {
  folder.put('bin/node', 'a/include/node/node_api.h', 'b/include/node/node_api.h');
  const at = (name: string) => join(folder.path, name);
  expect(nodeHeaders([undefined, '', folder.path, at('b'), at('a')])).toBe(at('b'));
  expect(nodeHeaders([folder.path])).toBeUndefined();
});
