import { expect, test } from 'vitest';
import { downloadArguments, isWheelFor, parseWheelName, wheelFor } from './wheel.js';

test.each([
  [
    'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    { distribution: 'tensorflow_cpu', version: '2.21.0', platform: 'manylinux_2_27_x86_64' },
  ],
  [
    'tensorflow-2.18.0-1-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl',
    {
      distribution: 'tensorflow',
      version: '2.18.0',
      platform: 'manylinux_2_17_aarch64.manylinux2014_aarch64',
    },
  ],
  ['tensorflow-2.21.0.tar.gz', undefined],
  ['tensorflow.whl', undefined],
])('%s', (file, name) => {
  expect(parseWheelName(file)).toEqual(name);
});

test.each([
  ['tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl', ['x64']],
  ['tensorflow-2.18.0-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl', ['arm64']],
  ['tensorflow-2.21.0-cp313-cp313-linux_x86_64.whl', ['x64']],
  ['tensorflow-2.21.0-cp311-cp311-win_amd64.whl', []],
  ['tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl', []],
  ['tensorflowjs-4.22.0-py3-none-manylinux_2_27_x86_64.whl', []],
])('%s is for %j', (file, arches) => {
  const name = parseWheelName(file)!;
  expect(['x64', 'arm64', 'ia32'].filter((arch) => isWheelFor(arch, name))).toEqual(arches);
});

test('pip is asked for the wheel of the processor, whatever Python runs it, and of no index by name', () => {
  const args = downloadArguments(wheelFor('arm64')!, 'there').join(' ');
  expect(args).toContain('-m pip download --no-deps');
  expect(args).toContain('--python-version 3.11 --abi cp311 --platform manylinux_2_27_aarch64 ');
  expect(args).toMatch(/--dest there tensorflow==2\.21\.0$/);
  expect(downloadArguments(wheelFor('x64')!, 'there').join(' ')).toMatch(/_x86_64 .* tensorflow-cpu==/);
  expect(args).not.toMatch(/index|http|links/);
  expect(wheelFor('riscv64')).toBeUndefined();
});
