import { counter } from './counter.ts';

export default counter(1);
