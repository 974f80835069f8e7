import type { BackendInfo } from '../protocol.js';
import type { Session } from '../session/session.js';

const names: Record<BackendInfo['name'], string> = { webgl: 'WebGL', wasm: 'WebAssembly', cpu: 'JavaScript' };

export function PageHeader({ session }: { readonly session: Session }) {
  const backend = session.backend.value;
  return (
    <header class="page-header">
      <h1>FuseInit</h1>
      <p class="lead">
        Makes a trained TensorFlow.js network shallower: neighboring layers become one, with weights that are
        solved for instead of trained. Everything happens in this browser; no model and no image leaves it.
      </p>
      <p class="backend" role="status">
        {backend ? (
          <>
            Computing on <strong>{names[backend.name]}</strong>
            {backend.notes.length > 0 && `. ${backend.notes.join(' ')}`}
          </>
        ) : (
          'Starting TensorFlow.js…'
        )}
      </p>
    </header>
  );
}
