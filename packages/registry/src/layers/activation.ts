import { activationOf, withActivation } from './activation-name.js';
import { elementPlugin } from './element-plugin.js';

export const activation = elementPlugin(['Activation'], withActivation, activationOf);
