/** The keyboard map. */
import { Key } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { KEYMAP } from "./keymap";
import { showPanel } from "./panels";
import { prefer, usePreferences } from "./preferences";

export default function Help() {
  const { hasKeys } = usePreferences();
  return (
    <Modal title="Keyboard" onClose={() => showPanel(null)}>
      <div className="grid min-h-0 gap-x-8 gap-y-4 overflow-y-auto px-5 pb-4 sm:grid-cols-2">
        {KEYMAP.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h3 className="mb-2 font-medium text-text-2">{group.name}</h3>
            <dl className="flex flex-col gap-1.5">
              {group.keys.map(([keys, does]) => (
                <div key={does} className="flex items-center justify-between gap-3">
                  <dt className="order-2 flex shrink-0 gap-1">
                    {keys.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="flex items-center gap-2 border-t px-5 py-3 text-text-2">
        <input
          type="checkbox"
          checked={hasKeys}
          onChange={(event) => prefer({ hasKeys: event.target.checked })}
        />
        Single letters act. Alt+Shift+S and Ctrl+K work in any case.
      </label>
    </Modal>
  );
}
