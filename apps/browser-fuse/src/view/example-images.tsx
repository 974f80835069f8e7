import { useState } from 'preact/hooks';
import { takeExampleImages } from '../session/open.js';
import type { Session } from '../session/session.js';

/** Offers the bundled images to a network that reads images of their size. */
export function ExampleImages({ session }: { readonly session: Session }) {
  const [hasTheirClasses, setHasTheirClasses] = useState(false);
  return (
    <div class="example">
      <p>The network reads 28 × 28 gray pixels: the bundled FashionMNIST images fit.</p>
      <label class="check">
        <input
          type="checkbox"
          checked={hasTheirClasses}
          onChange={({ currentTarget }) => setHasTheirClasses(currentTarget.checked)}
        />
        <span>
          It was trained on FashionMNIST
          <span class="hint">so that their labels say what is right</span>
        </span>
      </label>
      <button
        type="button"
        disabled={session.task.value !== null}
        onClick={() => takeExampleImages(session, hasTheirClasses)}
      >
        Use the FashionMNIST images
      </button>
    </div>
  );
}
