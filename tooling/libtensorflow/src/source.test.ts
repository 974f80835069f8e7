import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askedSource, sourceAtHand } from './source.js';
import { archive, eachInFolder, pythonPackage } from './testing-support/folder.test-support.js';

const folder = eachInFolder();
const wheelName = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64';
const nothing = { from: undefined, wheel: undefined, environment: undefined };

test('what is asked for comes in the order of the usage', () => {
  folder.put(...archive('a'), ...pythonPackage('b'), `${wheelName}.whl`);
  const [from, environment] = ['a', 'b'].map((name) => join(folder.path, name));
  const wheel = join(folder.path, `${wheelName}.whl`);
  expect(askedSource({ from, wheel, environment }, 'x64')).toMatchObject({
    files: { library: join(from!, 'lib/libtensorflow.so.2'), include: join(from!, 'include') },
  });
  expect(askedSource({ ...nothing, wheel, environment }, 'x64')).toEqual({ kind: 'wheel', file: wheel });
  expect(askedSource({ ...nothing, environment }, 'x64')).toMatchObject({
    files: { library: join(environment!, 'libtensorflow_cc.so.2') },
  });
  // A variable that is set to nothing asks for nothing.
  expect(askedSource({ ...nothing, environment: '' }, 'x64')).toBeUndefined();
});

test('what is asked for and unusable is refused, and says what is missing', () => {
  folder.put('a/lib/libtensorflow.so.2', 'a/include/tensorflow/c/c_api.h', `${wheelName}.whl`, 'some.whl');
  const at = (name: string) => join(folder.path, name);
  expect(() => askedSource({ ...nothing, from: at('a') }, 'x64')).toThrow(
    /--from is .*\/a, where libtensorflow_framework\.so\.2 can't be found/,
  );
  expect(() => askedSource({ ...nothing, environment: at('b') }, 'x64')).toThrow(
    /LIBTENSORFLOW_DIR is .*\/b, where libtensorflow\.so\.2 or libtensorflow_cc\.so\.2, /,
  );
  expect(() => askedSource({ ...nothing, wheel: at('b.whl') }, 'x64')).toThrow(/nothing is there/);
  expect(() => askedSource({ ...nothing, wheel: at('some.whl') }, 'x64')).toThrow(/expected a wheel/);
  expect(() => askedSource({ ...nothing, wheel: at(`${wheelName}.whl`) }, 'arm64')).toThrow(/on arm64/);
});

test("at hand: Python's, then what is unpacked, then what is downloaded, then nothing", async () => {
  folder.put(...pythonPackage('python/tensorflow'), 'python/nvidia/cudnn/lib/libcudnn.so.9');
  folder.put(...archive(`cache/${wheelName}`), `cache/${wheelName}.whl`);
  const at = (name: string) => join(folder.path, name);
  const atHand = { python: at('python/tensorflow'), cache: at('cache'), arch: 'x64' };
  expect(await sourceAtHand(atHand)).toMatchObject({
    files: {
      library: at('python/tensorflow/libtensorflow_cc.so.2'),
      nvidia: at('python/nvidia'),
    },
  });
  // A tensorflow without its library, as the stubs of some distributions are, is passed over.
  for (const python of [undefined, at('elsewhere')]) {
    expect(await sourceAtHand({ ...atHand, python })).toMatchObject({
      files: { library: at(`cache/${wheelName}/lib/libtensorflow.so.2`), nvidia: undefined },
    });
  }
  expect(await sourceAtHand({ ...atHand, python: undefined, arch: 'arm64' })).toBeUndefined();
  expect(await sourceAtHand({ ...atHand, python: undefined, cache: at('none') })).toBeUndefined();
});

test('a downloaded wheel that was never unpacked is gone on with; another version is not', async () => {
  folder.put('tensorflow_cpu-2.20.0-cp311-cp311-manylinux_2_27_x86_64.whl', `${wheelName}.whl`);
  folder.put(`.partial-x/${wheelName}.whl`);
  const cache = folder.path;
  expect(await sourceAtHand({ python: undefined, cache, arch: 'x64' })).toEqual({
    kind: 'wheel',
    file: join(cache, `${wheelName}.whl`),
  });
});
