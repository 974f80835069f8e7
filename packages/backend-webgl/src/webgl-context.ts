import type { TensorFlow } from '@fuseinit/tfjs';

/** What tfjs computes with: its context, and a buffer that it filled when it started. */
export interface WebglContext {
  readonly gl: WebGL2RenderingContext;
  readonly vertexBuffer: WebGLBuffer;
}

/** The context of the WebGL backend of `tf`, undefined where it wasn't started. */
export function webglContext(tf: TensorFlow): WebglContext | undefined {
  const backend = tf.engine().registry.webgl as unknown as { getGPGPUContext(): WebglContext } | undefined;
  return backend?.getGPGPUContext();
}

/**
 * Whether a context was lost since tfjs started on it. A browser may give a lost context back, without what
 * was on the GPU: tfjs would then compute zeros. Its buffer tells, since it went with the rest.
 */
export function wasLost({ gl, vertexBuffer }: WebglContext): boolean {
  return gl.isContextLost() || !gl.isBuffer(vertexBuffer);
}
