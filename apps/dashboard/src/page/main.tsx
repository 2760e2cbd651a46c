import './valid-language.ts'; // before everything else
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style/tokens.css';
import './style/page.css';
import './style/instance.css';
import './style/sizes.css';
import './style/timeline.css';
import { App } from './app.tsx';

render(<App />, document.getElementById('app') as HTMLElement);
