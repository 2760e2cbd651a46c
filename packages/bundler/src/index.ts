export { buildRole, type RoleSource } from './build-role.ts';
export { describeRole, type DescribeInput } from './describe-role.ts';
export { MAX_BYTES, WARN_BYTES, type Bundle } from './bundle.ts';
