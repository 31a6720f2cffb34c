// Passkeys in the browser: what the server offers goes to the device, and what the device answers goes back.

export const isPossible = () => window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.error ?? `${response.status}`);
}

// Makes a passkey for whoever is signed in. Null = made; else a sentence that says why not.
export async function create(name, failed) {
  try {
    const offer = await post('/account/passkeys/offer');
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(offer) });
    await post('/account/passkeys', { credential: credential.toJSON(), name });
    return null;
  } catch (problem) {
    return problem instanceof DOMException ? failed : problem.message;
  }
}

async function signIn(button, said) {
  said.textContent = '';
  try {
    const offer = await post('/account/sign-in/offer');
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(offer) });
    const { next } = await post('/account/sign-in' + location.search, { credential: credential.toJSON() });
    location.assign(next);
  } catch (problem) {
    said.textContent = problem instanceof DOMException ? button.dataset.failed : problem.message;
  }
}

const button = document.querySelector('[data-sign-in]');
if (button && isPossible()) {
  button.hidden = false;
  button.addEventListener('click', () => signIn(button, document.querySelector('#passkey-said')));
}
