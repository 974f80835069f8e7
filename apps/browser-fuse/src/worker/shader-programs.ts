import type { TensorFlow } from '@fuseinit/tfjs';

/** The cache of compiled shaders in tfjs's WebGL backend, which isn't part of its public API. */
interface ShaderCache {
  readonly gpgpu: { deleteProgram(program: unknown): void };
  readonly binaryCache: Record<string, { readonly webGLProgram: unknown }>;
}

/** How many shader programs are compiled at the moment; null on backends without shaders. */
export function compiledPrograms(tf: TensorFlow): number | null {
  const cache = shaderCache(tf);
  return cache && Object.keys(cache.binaryCache).length;
}

/** Throws compiled shaders away, so that the next run compiles what it needs. */
export function dropCompiledPrograms(tf: TensorFlow): void {
  const cache = shaderCache(tf);
  if (!cache) return;
  for (const [key, { webGLProgram }] of Object.entries(cache.binaryCache)) {
    cache.gpgpu.deleteProgram(webGLProgram);
    delete cache.binaryCache[key];
  }
}

function shaderCache(tf: TensorFlow): ShaderCache | null {
  const backend: object = tf.backend();
  return 'gpgpu' in backend && 'binaryCache' in backend ? (backend as ShaderCache) : null;
}
