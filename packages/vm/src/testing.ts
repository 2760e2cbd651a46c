export { describeMissingAos, fetchAosForTests, TEST_AOS, type TestAos } from './aos/fetch-aos-for-tests.ts';
