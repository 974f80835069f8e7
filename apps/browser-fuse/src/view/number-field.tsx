export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number | 'any';
  readonly hint?: string;
  readonly onValue: (value: number) => void;
}

/** A number with its label; what is out of range isn't taken, and the field says so. */
export function NumberField({ label, value, min, max, step = 1, hint, onValue }: NumberFieldProps) {
  return (
    <label class="field">
      <span>
        {label}
        {hint && <span class="hint">{hint}</span>}
      </span>
      <input
        type="number"
        required
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.reportValidity()) onValue(currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}
