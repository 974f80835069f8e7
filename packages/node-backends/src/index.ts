export { createAdapter } from './create-adapter.js';
export {
  type BackendName,
  backendNames,
  type Device,
  type StartOptions,
  startBackend,
} from './start-backend.js';
