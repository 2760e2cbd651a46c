export { buildDashboard, type BuildDashboardOptions } from './build-dashboard.ts';
