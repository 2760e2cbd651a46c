import { useState } from 'preact/hooks';

export function TokenForm({ refused, onToken }: { refused: boolean; onToken(token: string): void }) {
  const [token, setToken] = useState('');
  return (
    <main class="lock">
      <form class="panel" onSubmit={(event) => { event.preventDefault(); onToken(token.trim()); }}>
        <h1>Beamline</h1>
        <label for="token">Access token</label>
        <input id="token" type="password" autocomplete="current-password" required value={token} onInput={(event) => setToken(event.currentTarget.value)} />
        {refused && <p class="error" role="alert">This token was refused.</p>}
        <button type="submit">Open</button>
        <p class="quiet">The token named by serve.token in beamline.config.ts. It stays in this tab.</p>
      </form>
    </main>
  );
}
