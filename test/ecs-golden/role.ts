import { defineRole, intTag } from '@beamline/kernel';
import { runDrill } from '../../packages/ecs/test/golden/drill-report.ts';

/** Runs the random operations inside a process: Drill{seed, count} answers with the report. */
export default defineRole({
  name: 'drill',
  components: [],
  actions: {
    Drill: (_world, message) => runDrill(intTag(message, 'dice', 0, 1000000), intTag(message, 'count', 1, 100000)),
  },
  work: 1000000000,
});
